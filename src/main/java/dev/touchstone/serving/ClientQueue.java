package dev.touchstone.serving;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The requests that wait, of each client in the order of their arrival. The next one is of the client that has been served least
 * (virtual token counter, Sheng et al., 2024).
 */
final class ClientQueue {
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private int size;

    /** A client with requests that wait or run. */
    private static final class Client {
        final Deque<Task> waiting = new ArrayDeque<>();
        /** How many requests wait or run. */
        int requests;
        /** Tokens, those of the prompts included. */
        long served;

        long firstArrival() {
            return waiting.element().number();
        }
    }

    int size() {
        return size;
    }

    /** All requests that wait. */
    Stream<Task> waiting() {
        return clients.values().stream().flatMap(client -> client.waiting.stream());
    }

    void add(Task task) {
        Client client = clients.get(task.client());
        if (client == null) {
            client = new Client();
            // A client that comes back has no advantage for the time in which it asked for nothing.
            client.served = leastServed(clients.values());
            clients.put(task.client(), client);
        }
        client.requests++;
        client.waiting.add(task);
        size++;
    }

    private static long leastServed(Collection<Client> clients) {
        return clients.stream().mapToLong(client -> client.served).min().orElse(0);
    }

    /** The next request, or null. */
    Task peek() {
        return clients.values().stream()
                .filter(client -> !client.waiting.isEmpty())
                .min(Comparator.<Client>comparingLong(client -> client.served).thenComparing(Client::firstArrival))
                .map(client -> client.waiting.element())
                .orElse(null);
    }

    /** Removes a request that begins to run or ends. Returns whether it was waiting. */
    boolean remove(Task task) {
        boolean waited = clients.get(task.client()).waiting.remove(task);
        size -= waited ? 1 : 0;
        return waited;
    }

    /** Counts tokens that a client was served. */
    void charge(Task task, long tokens) {
        clients.get(task.client()).served += tokens;
    }

    /** Called when a request has ended. */
    void ended(Task task) {
        remove(task);
        if (--clients.get(task.client()).requests == 0) {
            clients.remove(task.client());
        }
    }
}
