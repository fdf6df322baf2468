package dev.signalbox.router;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one client, present or not, has still to acknowledge, oldest first. Thread-safe.
 *
 * <p>Only a window of it is under way at a time. Otherwise a client that comes back to a long list would have its outbound
 * buffer filled at once, be taken for a slow consumer, and never get through.
 */
final class Inbox {
    static final int WINDOW_BYTES = 256 << 10;
    static final int WINDOW_MESSAGES = 256;

    /** A message that waits. */
    static final class Waiting {
        final Message message;
        final Address.Client client;
        final CompletableFuture<AckResult> result = new CompletableFuture<>();
        volatile Deadlines.@Nullable Timer timer;
        private volatile int attempts;
        private boolean underWay;

        Waiting(Message message, Address.Client client) {
            this.message = message;
            this.client = client;
        }

        boolean sent() {
            return attempts > 0;
        }

        int size() {
            return message.payload().size();
        }
    }

    private final String clientId;
    private final Clients clients;
    private final RouterOptions.Acknowledgements bounds;
    private final RouterListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, Waiting> all = new LinkedHashMap<>();
    private final Deque<Waiting> unsent = new ArrayDeque<>();
    private long bytes;
    private @Nullable LiveClient current;
    private int messagesUnderWay;
    private long bytesUnderWay;
    private boolean retired;

    Inbox(String clientId, Clients clients, RouterOptions.Acknowledgements bounds, RouterListener listener) {
        this.clientId = clientId;
        this.clients = clients;
        this.bounds = bounds;
        this.listener = listener;
    }

    /** What adding to it led to. */
    enum Added {
        YES,
        FULL,
        /** It was empty and is no longer in use: take a new one. */
        RETIRED
    }

    Added add(Waiting waiting) {
        lock.lock();
        try {
            if (retired) {
                return Added.RETIRED;
            }
            if (all.size() >= bounds.perClient() || bytes + waiting.size() > bounds.bytesPerClient()) {
                return Added.FULL;
            }
            all.put(waiting.message.id(), waiting);
            unsent.addLast(waiting);
            bytes += waiting.size();
            return Added.YES;
        } finally {
            lock.unlock();
        }
    }

    /** Takes it out. True if nothing is left: then the inbox is retired. */
    boolean remove(Waiting waiting) {
        lock.lock();
        try {
            if (all.remove(waiting.message.id(), waiting)) {
                bytes -= waiting.size();
                unsent.remove(waiting);
                landed(waiting);
            }
            retired = all.isEmpty();
            return retired;
        } finally {
            lock.unlock();
        }
    }

    private void landed(Waiting waiting) {
        if (waiting.underWay) {
            waiting.underWay = false;
            messagesUnderWay--;
            bytesUnderWay -= waiting.size();
        }
    }

    /** Offers to the client, if it is connected, as much as the window has room for. */
    void pump() {
        lock.lock();
        try {
            // Looked up under the lock: whoever looked before might come second, and take a replaced connection for a
            // new one.
            LiveClient client = clients.find(clientId);
            if (client != null) {
                pump(client);
            }
        } finally {
            lock.unlock();
        }
    }

    private void pump(LiveClient client) {
        if (client != current) {
            startOver(client);
        }
        Waiting next = unsent.peekFirst();
        while (next != null && hasRoom(next) && client.offer(next.message)) {
            unsent.removeFirst();
            sent(next);
            next = unsent.peekFirst();
        }
    }

    /** A new connection has seen nothing yet. */
    private void startOver(LiveClient client) {
        current = client;
        messagesUnderWay = 0;
        bytesUnderWay = 0;
        unsent.clear();
        unsent.addAll(all.values());
        all.values().forEach(waiting -> waiting.underWay = false);
    }

    private boolean hasRoom(Waiting next) {
        return messagesUnderWay == 0
                || (messagesUnderWay < WINDOW_MESSAGES && bytesUnderWay + next.size() <= WINDOW_BYTES);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    private void sent(Waiting waiting) {
        waiting.underWay = true;
        waiting.attempts++;
        messagesUnderWay++;
        bytesUnderWay += waiting.size();
        listener.ackRequested(waiting.message, waiting.attempts);
    }
}
