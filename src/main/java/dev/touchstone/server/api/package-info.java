/**
 * OpenAI's API without HTTP: requests from JSON, answers to JSON. Also what the answers prove: digests, and their computation again.
 */
package dev.touchstone.server.api;
