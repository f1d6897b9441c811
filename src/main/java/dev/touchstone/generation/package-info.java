/** From logits to text: one loop, and all that can be plugged into it. */
package dev.touchstone.generation;
