"""Whether the machine is as Shopstaff needs it: what is found out (`sight`), and what it means, judged without a machine."""
