/**
 * Chat templates: from a conversation to the prompt that the model was trained on.
 */
package dev.touchstone.checkpoint.chat;
