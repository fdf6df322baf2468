package dev.signalbox.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Told what happens, one call at a time and in order, on a virtual thread of the client. It may block: then the client reads no
 * further once {@link ClientOptions#maxEvents()} wait, and the server holds back what is to come. What it throws is told to
 * {@link #onProblem}.
 */
public interface ClientListener {

    /** Does nothing. */
    ClientListener NONE = new ClientListener() {};

    /**
     * A message to this client. One that wants to be acknowledged is, once this has returned; if it throws a {@link MessageRefusal},
     * the message is refused, and if it throws anything else, it comes again later. What comes again after it was handled is not told
     * again, as far as the last 1,000 are concerned.
     */
    default void onMessage(Message message) {}

    /** Somebody asks. By default nothing is answered, and the one who asked waits until the time is up. */
    default CompletionStage<Draft> onRequest(Message request) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("this client answers no requests; " + request.from() + " asked"));
    }

    /** The server has subscribed this session to a topic, whose messages the returned listener is told. */
    default TopicListener onSubscribed(Subscription subscription) {
        return message -> {};
    }

    /** The server has ended a subscription. */
    default void onUnsubscribed(String topic) {}

    default void onState(State state) {}

    /** Another connection has come back to the session: nothing that was sent to it meanwhile is missing. */
    default void onResumed(String session) {}

    /** Another connection has begun a new session: what was sent to the old one meanwhile is lost, topics go on. */
    default void onRestarted(String session) {}

    /**
     * What went wrong, and was nobody's call: a handler that failed, a subscription that the server refused later; with a
     * {@link ConnectionLostException}, why a connection ended or could not be opened, before the client tries again.
     */
    default void onProblem(Throwable problem) {}

    /** The end: by {@link SignalboxClient#close()}, or since another connection would be refused like this one. */
    default void onClosed(int code, String reason) {}
}
