"""The demo world, its guided tour, its simulator, and the replay of a real day. It is also the test world."""
