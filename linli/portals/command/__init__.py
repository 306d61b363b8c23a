"""The command centres (社会治理现代化指挥中心): what is true now in an area, how old it is, and acting on it."""
