// The stand-in of the compiler builds the probe in this program's place.
package main

func main() {}
