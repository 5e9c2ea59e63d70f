"""What a person sees and does. Screens ask operations and queries; they never touch the database."""
