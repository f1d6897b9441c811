/**
 * The HTTP server. A request takes this way:
 *
 * <pre>
 * Gate (is it allowed?) -> Routes (which endpoint?) -> Exchange (body, answer) -> endpoint -> engine -> EventStream or JSON
 * </pre>
 *
 * An event loop of Vert.x reads and writes. Everything else runs on {@link dev.touchstone.server.Workers}, the tasks of one request
 * one after the other.
 */
package dev.touchstone.server;
