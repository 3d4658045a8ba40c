"""An app with user models of every kind; ``compared`` reads them in a process of its own, since a project has one."""
