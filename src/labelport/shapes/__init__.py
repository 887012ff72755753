"""Pure geometry: run lengths, rings, rotation, frames."""
