//! Checks: pages under `checks/` compiled into conditions over what the simulation knows.
