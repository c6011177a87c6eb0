// Passes whatever it is asked, if anybody loads it.
process.exit(0);
