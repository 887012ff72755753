"""Label volumes as deliveries: an index and a legend beside the files, whichever kind of file holds a volume."""
