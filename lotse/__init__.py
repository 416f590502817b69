"""What puts Lotse together: settings, composition root, command line and the start of the processes."""
