"""All that authors of formats, destinations and engines import."""
