/**
 * The files of a model, in a folder or on the class path.
 */
package dev.touchstone.checkpoint.files;
