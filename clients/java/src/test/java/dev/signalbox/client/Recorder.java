package dev.signalbox.client;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** A listener that remembers what it was told, in order, and does with messages what the test wants. */
class Recorder implements ClientListener, TopicListener {
    final List<Object> events = new CopyOnWriteArrayList<>();
    private volatile Consumer<Message> onMessage = message -> {};
    private volatile Function<Message, CompletionStage<Draft>> onRequest = request -> new CompletableFuture<>();

    /** What becomes of a session. */
    record Resumed(String session) {}

    record Restarted(String session) {}

    record Closed(int code) {}

    record Ended(String topic) {}

    Recorder handling(Consumer<Message> changed) {
        onMessage = changed;
        return this;
    }

    Recorder answering(Function<Message, CompletionStage<Draft>> changed) {
        onRequest = changed;
        return this;
    }

    @Override
    public void onMessage(Message message) {
        events.add(message);
        onMessage.accept(message);
    }

    @Override
    public void onGap(Gap gap) {
        events.add(gap);
    }

    @Override
    public CompletionStage<Draft> onRequest(Message request) {
        return onRequest.apply(request);
    }

    @Override
    public TopicListener onSubscribed(Subscription subscription) {
        events.add(subscription);
        return this;
    }

    @Override
    public void onUnsubscribed(String topic) {
        events.add(new Ended(topic));
    }

    @Override
    public void onState(State state) {
        events.add(state);
    }

    @Override
    public void onResumed(String session) {
        events.add(new Resumed(session));
    }

    @Override
    public void onRestarted(String session) {
        events.add(new Restarted(session));
    }

    @Override
    public void onProblem(Throwable problem) {
        events.add(problem);
    }

    @Override
    public void onClosed(int code, String reason) {
        events.add(new Closed(code));
    }

    <T> List<T> all(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<String> texts() {
        return all(Message.class).stream().map(Message::text).toList();
    }

    void awaitCount(Class<?> kind, int count) {
        await().until(() -> all(kind).size() >= count);
    }

    void awaitState(State state) {
        await().until(() -> events.contains(state));
    }

    void awaitAny(Predicate<Object> wanted) {
        await().until(() -> events.stream().anyMatch(wanted));
    }
}
