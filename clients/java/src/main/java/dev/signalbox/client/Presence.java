package dev.signalbox.client;

import java.util.List;

/**
 * Who subscribes to a topic.
 *
 * @param clients up to 1,000, in the order of their ids
 * @param count how many there are
 */
public record Presence(List<String> clients, int count) {
    public Presence {
        clients = List.copyOf(clients);
    }
}
