package dev.signalbox.router;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what other nodes say. Called by the link, by one thread at a time; nothing here blocks. */
final class ClusterReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReceiver.class);

    /** How many messages are remembered that their client has taken or refused: one that is carried again is not sent to it again. */
    private static final int MAX_ENDED = 10_000;

    private final ClusterMember member;
    private final ClusterParts parts;
    /** What clients have said: the oldest is first. Guarded by itself. */
    private final Map<UUID, AckResult> ended = new LinkedHashMap<>();
    /** By session, the last of the wishes for it that are not fulfilled yet. */
    private final Map<UUID, CompletableFuture<Void>> wishes = new ConcurrentHashMap<>();

    ClusterReceiver(ClusterMember member, ClusterParts parts) {
        this.member = member;
        this.parts = parts;
    }

    void receive(RemoteNode node, ClusterFrame frame) {
        switch (frame) {
            case ClusterFrame.Carry(Message message) -> carried(node, message);
            case ClusterFrame.Refused refused ->
                member.carrier().refused(refused.message(), refused.origin(), refused.errors());
            case ClusterFrame.Answered(UUID request, Message reply) ->
                ClusterMember.aside(() -> member.waits().answered(request, node, reply));
            case ClusterFrame.Unanswered(UUID request, RouteError error) ->
                ClusterMember.aside(() -> member.waits().unanswered(request, node, error));
            case ClusterFrame.Settled(UUID message, Optional<RouteError> refusal) ->
                ClusterMember.aside(() -> member.waits().settled(message, node, refusal));
            case ClusterFrame.CarryAgain _ -> member.repeats().wanted(node);
            case ClusterFrame.Forget(UUID message) -> ClusterMember.aside(() -> forget(message));
            case ClusterFrame.Disconnect(Address target, CloseReason reason) -> parts.disconnecting(target, reason);
            case ClusterFrame.Publish(String topic, Optional<String> key, Message message) ->
                published(topic, key.orElse(null), message);
            case ClusterFrame.Stored stored -> parts.topics().stored(stored);
            case ClusterFrame.Grown(String topic) -> parts.topics().missed(topic);
            case ClusterFrame.Entry _ -> LOG.debug("node {} sent what only belongs into a history", node);
            case ClusterFrame.Fetch asked ->
                ClusterMember.aside(() -> member.moves().asked(node, asked));
            case ClusterFrame.FetchedMessages part -> member.moves().arrived(part);
            case ClusterFrame.Fetched last -> member.moves().arrived(last);
            case ClusterFrame.Banned(List<Bans.Ban> bans) -> member.bans().arrived(bans);
            case ClusterFrame.BansKnown(long digest) -> member.bans().compare(node, digest);
            case ClusterFrame.PublishVolatile(String topic, Message message) ->
                parts.topics().publishVolatileIfOpen(topic, message);
            case ClusterFrame.Beat beat -> {
                member.registry().beat(node, beat);
                member.presence().beat(node, beat.presence());
            }
            case ClusterFrame.Missed(ClusterLink.Channel channel, Set<String> topics) -> missed(channel, topics);
            case ClusterFrame.Mark _ -> LOG.debug("node {} published what did not arrive", node);
            case ClusterFrame.Bye _ -> member.registry().gone(node);
            case ClusterFrame.Joined joined -> {
                member.registry().joined(node, joined);
                member.limits().check(joined.session().user());
            }
            case ClusterFrame.Left left -> member.registry().left(node, left);
            case ClusterFrame.Touched touched -> member.registry().touched(node, touched.at());
            case ClusterFrame.Ask _ ->
                member.sender().tell(node, "sessions", member.announcer().all());
            case ClusterFrame.Sessions(ClusterCopy.Part<SessionInfo> part) -> {
                member.registry().arrived(node, part);
                if (part.isLast()) {
                    ClusterMember.aside(member.limits()::check);
                }
            }
            case ClusterFrame.Subscribe(Address.Session session, String topic, boolean wanted) ->
                wished(session.id(), topic, wanted);
            case ClusterFrame.PresenceChanged change -> member.presence().changed(node, change);
            case ClusterFrame.AskPresence(int partition, long known) ->
                member.presence().asked(node, partition, known);
            case ClusterFrame.Presence part -> member.presence().arrived(node, part);
            case ClusterFrame.PresenceUnchanged same -> member.presence().unchanged(node, same);
        }
    }

    /** Those for one session one after another: what was wished last has to hold. */
    private void wished(UUID session, String topic, boolean wanted) {
        CompletableFuture<Void> last = wishes.compute(
                session,
                (_, before) -> (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                        .thenRunAsync(() -> fulfil(session, topic, wanted), ClusterMember::aside));
        var _ = last.thenRun(() -> wishes.remove(session, last));
    }

    private void fulfil(UUID session, String topic, boolean wanted) {
        try {
            parts.router().access().wished(session, topic, wanted);
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "session {} {} topic {}, as another node wished",
                    session,
                    wanted ? "could not be subscribed to" : "could not leave",
                    topic,
                    e);
        }
    }

    private void missed(ClusterLink.Channel channel, Set<String> topics) {
        if (topics.isEmpty()) {
            member.interest().topics(channel).forEach(parts.topics()::missed);
        } else {
            topics.forEach(parts.topics()::missedMessage);
        }
    }

    /** Nobody waits for it any more: neither for its acknowledgement, nor for a reply. */
    private void forget(UUID message) {
        parts.acknowledgements().forget(message);
        parts.requests().fail(message, RouteError.of(ErrorCode.CLOSING, "nobody waits for the reply any more"));
    }

    private void carried(RemoteNode node, Message message) {
        switch (message.intent()) {
            case Intent.Ask ask -> asked(node, message, ask);
            case Intent.Confirm confirm -> confirmed(node, message, confirm);
            case Intent.Tell _ -> told(node, message);
            case Intent.Reply _ -> told(node, message);
        }
    }

    private void told(RemoteNode node, Message message) {
        List<RouteError> errors = parts.entrance().isClosed()
                ? List.of(RouteError.closing())
                : parts.routing().carried(message).errors();
        if (!errors.isEmpty()) {
            member.sender().tell(node, new ClusterFrame.Refused(message.id(), message.origin(), errors));
        }
    }

    private void asked(RemoteNode node, Message message, Intent.Ask ask) {
        var _ = parts.router()
                .exchanges()
                .askedElsewhere(message, ask.deadline())
                .whenComplete((reply, failure) -> {
                    ClusterFrame answer = reply != null
                            ? new ClusterFrame.Answered(message.id(), reply)
                            : new ClusterFrame.Unanswered(message.id(), error(message, failure));
                    member.sender().tell(node, answer, most -> tooLarge(message, most));
                });
    }

    /** Otherwise the requester would wait until it is over. */
    private static ClusterFrame tooLarge(Message request, int most) {
        return new ClusterFrame.Unanswered(request.id(), RouteError.tooLargeForLink(request.replyTo(), most));
    }

    private static RouteError error(Message request, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof RequestException known
                ? known.error()
                : RouteError.to(request.targets().getFirst(), ErrorCode.LOGIC_FAILED, "the request failed: " + cause);
    }

    private void confirmed(RemoteNode node, Message message, Intent.Confirm confirm) {
        AckResult before = endOf(message.id());
        if (before != null) {
            settle(node, message.id(), before);
            return;
        }
        var _ = parts.acknowledgements()
                .send(message, message.targets().getFirst(), confirm.until(), null)
                .thenAccept(result -> ended(node, message.id(), result));
    }

    private void ended(RemoteNode node, UUID message, AckResult result) {
        if (isOfItsClient(result)) {
            remember(message, result);
        }
        settle(node, message, result);
    }

    private static boolean isOfItsClient(AckResult result) {
        return switch (result) {
            case AckResult.Acked _ -> true;
            case AckResult.Rejected(RouteError error) -> error.code() == ErrorCode.REJECTED;
            case AckResult.Expired _, AckResult.Closed _ -> false;
        };
    }

    private void settle(RemoteNode node, UUID message, AckResult result) {
        switch (result) {
            case AckResult.Acked _ -> settle(node, message, Optional.empty());
            case AckResult.Rejected(RouteError error) -> settle(node, message, Optional.of(error));
            // Its sender knows that it expired, and tries elsewhere if this node ends.
            case AckResult.Expired _, AckResult.Closed _ -> {}
        }
    }

    /** If that does not get there, the node is asked to carry again, and told then. */
    private void settle(RemoteNode node, UUID message, Optional<RouteError> refusal) {
        ClusterRepeats repeats = member.repeats();
        member.sender().tell(node, new ClusterFrame.Settled(message, refusal), () -> repeats.unanswered(node));
    }

    /** What its client has said; null if nothing yet. */
    private @Nullable AckResult endOf(UUID message) {
        synchronized (ended) {
            return ended.get(message);
        }
    }

    private void remember(UUID message, AckResult result) {
        synchronized (ended) {
            ended.put(message, result);
            if (ended.size() > MAX_ENDED) {
                ended.remove(ended.keySet().iterator().next());
            }
        }
    }

    /** What a shard has no room for is missing from the topic, and its subscribers are told. */
    private void published(String topic, @Nullable String key, Message message) {
        Optional<TopicLog.Published> published = parts.topics().publishIfOpen(topic, message, key);
        if (published.filter(each -> each.offset() == 0).isPresent()) {
            parts.topics().missedMessage(topic);
        }
    }
}
