package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Publishing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes admitted messages to topics, on all nodes. Thread-safe; nothing here blocks. */
final class TopicRouting {
    private final Topics topics;
    private final MiddlewareChain sending;
    private final RouterListener listener;
    private final Membership membership;

    TopicRouting(RouterParts parts) {
        this.topics = parts.topics();
        this.sending = parts.sending();
        this.listener = parts.listener();
        this.membership = parts.membership();
    }

    /** To this node's subscribers of a topic that is one of several targets. Null if it was taken. */
    @Nullable
    RouteError offer(Address.Topic topic, Message message) {
        if (isForSubscribersOnly(topic)) {
            return RouteError.forbidden(Authorizer.Operation.PUBLISH, topic);
        }
        if (topics.isShared(topic.name())) {
            return append(topic, message);
        }
        TopicLog.Published published =
                topics.publish(topic.name(), message, null).orElse(null);
        return published == null ? RouteError.tooManyTopics(topic) : refusal(topic, published);
    }

    @Nullable
    RouteError offerToAll(Message message) {
        return refusal(Address.ALL, topics.publishToAll(message));
    }

    /** Null if the history has it, or has still to answer: then its sender is told of a failure as of one on another node. */
    private @Nullable RouteError append(Address.Topic topic, Message message) {
        CompletableFuture<Publishing> outcome =
                topics.append(topic.name(), message, null).orElse(null);
        if (outcome == null) {
            return RouteError.tooManyTopics(topic);
        }
        if (outcome.isDone()) {
            return outcome.join() instanceof Publishing.Refused(RouteError error) ? error : null;
        }
        var _ = outcome.thenAccept(late -> {
            ClusterMember member = membership.member();
            if (late instanceof Publishing.Refused(RouteError error) && member != null) {
                member.carrier().refused(message.id(), message.origin(), List.of(error));
            }
        });
        return null;
    }

    private static boolean isForSubscribersOnly(Address.Topic topic) {
        return topic.isPattern() || TopicPresence.subject(topic.name()) != null;
    }

    private static @Nullable RouteError refusal(Address target, TopicLog.Published published) {
        return published.offset() == 0 ? RouteError.fanOutFull(target) : null;
    }

    /** Publishes to the one topic that is the message's target. */
    Publishing publish(Message message, Address.Topic topic, @Nullable String key) {
        return admit(message, topic, sent -> publishAdmitted(sent, topic, key));
    }

    private Optional<Publishing> publishAdmitted(Message sent, Address.Topic topic, @Nullable String key) {
        return topics.isShared(topic.name())
                ? topics.append(topic.name(), sent, key).map(outcome -> appended(sent, outcome))
                : topics.publish(topic.name(), sent, key).map(published -> published(sent, topic, key, published));
    }

    /** The same, to those who subscribe now. */
    Publishing publishVolatile(Message message, Address.Topic topic) {
        return admit(
                message,
                topic,
                sent -> topics.publishVolatile(topic.name(), sent)
                        .map(taken -> taken ? passed(sent, topic) : refuse(sent, RouteError.fanOutFull(topic))));
    }

    /** The same as {@link #publish} on nodes that have the topic, and nothing on others. */
    Publishing publishWhereOpen(Message message, Address.Topic topic) {
        return admit(message, topic, sent -> {
            if (topics.isShared(topic.name())) {
                return publishAdmitted(sent, topic, null);
            }
            Optional<Publishing> here = topics.publishIfOpen(topic.name(), sent, null)
                    .map(published -> published(sent, topic, null, published));
            if (here.isEmpty()) {
                publishElsewhere(sent, topic, null);
            }
            return here.or(() -> Optional.of(new Publishing.Passed()));
        });
    }

    private Publishing admit(Message message, Address.Topic topic, Function<Message, Optional<Publishing>> how) {
        if (isForSubscribersOnly(topic)) {
            return refuse(message, RouteError.forbidden(Authorizer.Operation.PUBLISH, topic));
        }
        return switch (sending.apply(message)) {
            case Decision.Reject(String reason) -> refuse(message, RouteError.rejected(reason));
            case Decision.Accept(Message sent) ->
                how.apply(sent).orElseGet(() -> refuse(sent, RouteError.tooManyTopics(topic)));
        };
    }

    private Publishing appended(Message message, CompletableFuture<Publishing> outcome) {
        CompletableFuture<Publishing> told = outcome.thenApply(publishing -> tell(message, publishing));
        return told.isDone() ? told.join() : new Publishing.Later(told);
    }

    private Publishing tell(Message message, Publishing publishing) {
        if (publishing instanceof Publishing.Refused(RouteError error)) {
            listener.failed(message, error);
        } else if (publishing instanceof Publishing.Published published && !published.repeated()) {
            listener.sent(message, 1);
        }
        return publishing;
    }

    private Publishing passed(Message message, Address.Topic topic) {
        listener.sent(message, 1);
        ClusterMember member = membership.member();
        RouteError error = member == null ? null : member.carrier().publishVolatile(topic, message);
        if (error != null) {
            listener.failed(message, error);
        }
        return new Publishing.Passed();
    }

    private Publishing published(
            Message message, Address.Topic topic, @Nullable String key, TopicLog.Published published) {
        if (published.offset() == 0) {
            return refuse(message, RouteError.fanOutFull(topic));
        }
        if (!published.repeated()) {
            listener.sent(message, 1);
            publishElsewhere(message, topic, key);
        }
        return new Publishing.Published(new Position(published.epoch(), published.offset()), published.repeated());
    }

    /** It is in this node's topic, whatever comes of it elsewhere: subscribers there are told what they miss. */
    private void publishElsewhere(Message message, Address.Topic topic, @Nullable String key) {
        ClusterMember member = membership.member();
        RouteError error = member == null ? null : member.carrier().publish(topic, message, Optional.ofNullable(key));
        if (error != null) {
            listener.failed(message, error);
        }
    }

    Publishing refuse(Message message, RouteError error) {
        listener.failed(message, error);
        return new Publishing.Refused(error);
    }
}
