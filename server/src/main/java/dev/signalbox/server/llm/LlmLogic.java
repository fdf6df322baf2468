package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmClient;
import dev.signalbox.router.Address;
import dev.signalbox.router.Intent;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouterListener;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.EndedSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Language models for connected clients: a question sent to {@code logic:llm} is answered piece by piece into the client's
 * connection, as docs/protocol.md says. The budget is the client's own. Thread-safe.
 *
 * <p>Beyond the bounds a question is refused as {@code busy}. When a session ends, its questions are cancelled, and
 * with them their connections to the providers.
 */
final class LlmLogic implements RouterListener, AutoCloseable {
    /** Its name: clients send to {@code logic:llm}. */
    public static final String NAME = "llm";

    private static final int MAILBOX = 4_096;

    private final LlmTools tools;
    private final LlmConversation.Surroundings around;
    private final int concurrency;
    private final int concurrencyPerClient;
    private final Map<String, Map<String, LlmConversation>> underWay = new HashMap<>();
    private final EndedSessions gone = new EndedSessions();
    private int count;
    private boolean closed;

    /**
     * Nothing is asked yet.
     *
     * @param deadline for a question with all its rounds of tools
     * @param concurrency questions under way at a time
     * @param concurrencyPerClient of one client
     */
    LlmLogic(LlmClient models, LlmTools tools, Duration deadline, int concurrency, int concurrencyPerClient) {
        this.tools = tools;
        this.around = new LlmConversation.Surroundings(models, tools, deadline, this::ended);
        this.concurrency = concurrency;
        this.concurrencyPerClient = concurrencyPerClient;
    }

    /** In order, so that a cancellation never comes before its question; it hands over and does not wait. */
    public Logic logic() {
        return new Logic.Worker(this::handle, MAILBOX);
    }

    private void handle(Message message, Logic.Context context) {
        String client = message.source().toString();
        try {
            LlmAsk ask = LlmAsk.parse(text(message), client, tools);
            if (ask.question().isEmpty()) {
                cancel(client, LlmConversation.key(message, ask.id()));
            } else {
                begin(client, new LlmConversation(ask, message, context, around));
            }
        } catch (IllegalArgumentException e) {
            context.reply(message, LlmFrames.refused("", "bad-request", FailureText.of(e)));
        }
    }

    private static String text(Message message) {
        if (message.payload() instanceof Payload.Text text) {
            return text.value();
        }
        throw new IllegalArgumentException("a question is text or JSON, not bytes");
    }

    private void begin(String client, LlmConversation conversation) {
        Optional<String> refusal = enter(client, conversation);
        refusal.ifPresentOrElse(why -> conversation.refuse("busy", why), conversation::start);
        // Race: its session may have ended before the question was among those that end with it.
        if (conversation.asker() instanceof Address.Session session && gone.contains(session.id())) {
            conversation.cancel();
        }
    }

    private synchronized Optional<String> enter(String client, LlmConversation conversation) {
        Map<String, LlmConversation> own = underWay.computeIfAbsent(client, none -> new HashMap<>());
        String problem = null;
        if (closed) {
            problem = "the server stops";
        } else if (count >= concurrency) {
            problem = concurrency + " questions are under way; ask again later";
        } else if (own.size() >= concurrencyPerClient) {
            problem = own.size() + " of your questions are under way; ask again when one has ended";
        } else if (own.containsKey(conversation.key())) {
            problem = "a question with the id '" + conversation.id() + "' is under way";
        }
        if (problem == null) {
            own.put(conversation.key(), conversation);
            count++;
        } else if (own.isEmpty()) {
            underWay.remove(client);
        }
        return Optional.ofNullable(problem);
    }

    private synchronized void ended(LlmConversation conversation) {
        Map<String, LlmConversation> own = underWay.get(conversation.client());
        if (own != null && own.remove(conversation.key(), conversation)) {
            count--;
            if (own.isEmpty()) {
                underWay.remove(conversation.client());
            }
        }
    }

    private synchronized List<LlmConversation> of(String client) {
        return new ArrayList<>(underWay.getOrDefault(client, Map.of()).values());
    }

    private void cancel(String client, String key) {
        of(client).stream()
                .filter(conversation -> conversation.key().equals(key))
                .forEach(LlmConversation::cancel);
    }

    /** Questions under way now. */
    public synchronized int underWay() {
        return count;
    }

    @Override
    public void ended(Address.Session session) {
        gone.add(session.id());
        of(Address.client(session.user()).toString()).stream()
                .filter(conversation -> conversation.asker().equals(session))
                .forEach(LlmConversation::cancel);
    }

    /** Refuses further questions and cancels those under way. */
    @Override
    public void close() {
        List<LlmConversation> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            underWay.values().forEach(own -> all.addAll(own.values()));
        }
        all.forEach(LlmConversation::cancel);
    }

    /** Whether the asker waits for one reply, and not for pieces. */
    public static boolean isAsked(Message message) {
        return message.intent() instanceof Intent.Ask;
    }
}
