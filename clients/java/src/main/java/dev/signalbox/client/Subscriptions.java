package dev.signalbox.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The topics that a client follows, over all of its connections. For the client's loop, unless it says otherwise. */
final class Subscriptions {
    /** For the server's answer to a new subscription, and for a connection before that. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Session session;
    private final ClientListener listener;
    private final Events events;
    private final ClientOptions.Retry retry;
    private final Map<String, Subscription> topics = new LinkedHashMap<>();
    /** Topics that were left while there was no connection: the session may still have them. */
    private final Set<String> left = new HashSet<>();

    /** @param retry the pauses before the server is asked again for what it could not give */
    Subscriptions(Session session, ClientListener listener, Events events, ClientOptions.Retry retry) {
        this.session = session;
        this.listener = listener;
        this.events = events;
        this.retry = retry;
    }

    private Subscription subscription(String topic, @Nullable TopicStart start, TopicListener told) {
        return new Subscription(topic, start, told, events, this, Backoff.withJitter(retry));
    }

    /** For any thread. */
    CompletableFuture<Subscription> subscribe(String topic, TopicStart start, TopicListener told) {
        Subscription subscription = subscription(topic, start, told);
        if (!session.loop().tryExecute(() -> add(subscription))) {
            subscription.begun.completeExceptionally(ConnectionLostException.closed());
        }
        return subscription.begun.thenApplyAsync(begun -> begun, Loop.CALLBACKS);
    }

    private void add(Subscription added) {
        if (session.isClosed()) {
            added.begun.completeExceptionally(ConnectionLostException.closed());
        } else if (topics.putIfAbsent(added.topic(), added) != null) {
            added.begun.completeExceptionally(
                    new IllegalStateException("topic " + added.topic() + " is subscribed to already"));
        } else {
            left.remove(added.topic());
            session.loop().expire(PATIENCE, added.begun, () -> giveUp(added));
            if (session.isOpen()) {
                follow(added);
            }
        }
    }

    /** The server may have it all the same. */
    private void giveUp(Subscription late) {
        if (topics.remove(late.topic(), late)) {
            leave(late.topic());
        }
        late.begun.completeExceptionally(new NoAnswerException(
                "the server did not answer within " + PATIENCE.toSeconds() + " s, or there was no connection"));
    }

    private void leave(String topic) {
        if (!session.write(Frames.frame("unsubscribe").put("topic", topic))) {
            left.add(topic);
        }
    }

    private void follow(Subscription subscription) {
        session.begin(subscription.request(), PATIENCE, false, new Calls.Outcome() {
            @Override
            public void answered(JsonNode frame) {
                if (topics.get(subscription.topic()) == subscription) {
                    subscription.begins(frame);
                }
            }

            @Override
            public void failed(ClientException why) {
                unfollowed(subscription, why);
            }
        });
    }

    /** What was lost with its connection, the next one tries again. */
    private void unfollowed(Subscription subscription, ClientException why) {
        if (topics.get(subscription.topic()) != subscription || why instanceof ConnectionLostException) {
            return;
        }
        boolean goesOn = subscription.begun.isDone();
        if (why instanceof RefusedException refused && !(goesOn && refused.isTemporary())) {
            topics.remove(subscription.topic());
            if (!subscription.begun.completeExceptionally(why)) {
                events.problem(why);
            }
        } else if (goesOn) {
            events.problem(why);
            subscription.retry =
                    session.loop().later(subscription.pauses.next(Duration.ZERO), () -> followAgain(subscription));
        }
    }

    private void followAgain(Subscription subscription) {
        if (topics.get(subscription.topic()) == subscription && session.isOpen()) {
            follow(subscription);
        }
    }

    /** For any thread. */
    CompletableFuture<Void> unsubscribe(Subscription subscription) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!session.loop().tryExecute(() -> remove(subscription, done))) {
            done.complete(null);
        }
        return done.thenRunAsync(() -> {}, Loop.CALLBACKS);
    }

    private void remove(Subscription subscription, CompletableFuture<Void> done) {
        String topic = subscription.topic();
        if (!topics.remove(topic, subscription) || session.isClosed()) {
            done.complete(null);
        } else if (session.isOpen()) {
            session.begin(Frames.frame("unsubscribe").put("topic", topic), PATIENCE, false, new Calls.Outcome() {
                @Override
                public void answered(JsonNode frame) {
                    done.complete(null);
                }

                @Override
                public void failed(ClientException why) {
                    left.add(topic);
                    done.completeExceptionally(why);
                }
            });
        } else {
            left.add(topic);
            done.complete(null);
        }
    }

    /** What a new connection tells the server. */
    void seen(ObjectNode frame) {
        topics.values()
                .forEach(each -> each.position()
                        .ifPresent(position -> frame.putObject(each.topic())
                                .put("epoch", position.epoch())
                                .put("offset", position.offset())));
    }

    /**
     * There is a connection again.
     *
     * @param resumed the topics that the session has, if it is the old one
     */
    void goOn(JsonNode resumed) {
        Map<String, JsonNode> kept = new LinkedHashMap<>();
        resumed.forEach(each -> kept.put(each.path("topic").asString(""), each));
        for (Subscription each : List.copyOf(topics.values())) {
            Loop.cancel(each.retry);
            JsonNode place = kept.get(each.topic());
            if (place != null) {
                each.begins(place);
            } else if (each.isServers()) {
                // It was the old session's: the server chooses again for this one.
                ended(each.topic());
            } else {
                follow(each);
            }
        }
        kept.forEach(this::found);
        left.clear();
    }

    /** A topic that was left and then subscribed to again is kept, whatever became of the answers. */
    private void found(String topic, JsonNode place) {
        if (topics.containsKey(topic)) {
            return;
        }
        if (left.contains(topic)) {
            session.write(Frames.frame("unsubscribe").put("topic", topic));
        } else {
            chosen(place);
        }
    }

    /** The server has subscribed the session to a topic, or to another place in one that it follows. */
    void chosen(JsonNode place) {
        String topic = place.path("topic").asString("");
        Subscription known = topics.get(topic);
        if (known != null) {
            known.begins(place);
            return;
        }
        ChosenListener told = new ChosenListener();
        Subscription made = subscription(topic, null, told);
        topics.put(topic, made);
        events.add(() -> told.given = listener.onSubscribed(made));
        made.begins(place);
    }

    /** Asks for its own listener before the first message; on the listener's thread. */
    private static final class ChosenListener implements TopicListener {
        private TopicListener given = message -> {};

        @Override
        public void onMessage(Message message) {
            given.onMessage(message);
        }

        @Override
        public void onGap(Gap gap) {
            given.onGap(gap);
        }
    }

    void ended(String topic) {
        if (topics.remove(topic) != null) {
            events.add(() -> listener.onUnsubscribed(topic));
        }
    }

    void received(String topic, JsonNode frame) {
        Subscription subscription = topics.get(topic);
        if (subscription != null) {
            subscription.received(Frames.message(frame));
        }
    }

    void gap(JsonNode frame) {
        Subscription subscription = topics.get(frame.path("topic").asString(""));
        if (subscription != null) {
            subscription.gap(
                    frame.path("expected").asLong(0),
                    frame.path("next").asLong(0),
                    frame.path("conflated").asBoolean(false));
        }
    }

    /** The client is closed: what has not begun never will. */
    void close() {
        topics.values().forEach(each -> each.begun.completeExceptionally(ConnectionLostException.closed()));
        topics.clear();
    }
}
