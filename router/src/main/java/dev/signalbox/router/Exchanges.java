package dev.signalbox.router;

import dev.signalbox.router.Entrance.Entrant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Messages whose senders wait for something: requests for their reply, others for their acknowledgement. Thread-safe; nothing here blocks. */
final class Exchanges {
    private final RouterParts parts;
    private final Routing routing;

    Exchanges(RouterParts parts, Routing routing) {
        this.parts = parts;
        this.routing = routing;
    }

    CompletionStage<Message> request(Message message, Duration within) {
        return request(parts.entrance().fromServer(message), within, null);
    }

    CompletionStage<Message> receiveRequest(Message message, Duration within, Attachment sender) {
        return request(parts.entrance().fromClient(message, sender.session()), within, sender);
    }

    private CompletableFuture<Message> request(Entrant asked, Duration within, @Nullable Attachment sender) {
        Entrant entrant = asked.check(checkWait(within));
        RouteError error = entrant.error();
        if (error != null) {
            routing.refuse(entrant.message(), error);
            return CompletableFuture.failedFuture(new RequestException(error));
        }
        return unlessClosed(ask(entrant.message(), after(within), sender));
    }

    private static @Nullable RouteError checkWait(Duration within) {
        return within.isPositive()
                ? null
                : RouteError.of(ErrorCode.MALFORMED, "the time to wait must be greater than zero, not " + within);
    }

    private Instant after(Duration within) {
        Duration longest = parts.options().maxWait();
        return parts.clock().instant().plus(within.compareTo(longest) < 0 ? within : longest);
    }

    /** Sends a request to its one target, and waits for the reply. */
    private CompletableFuture<Message> ask(Message message, Instant deadline, @Nullable Attachment sender) {
        if (!hasOneReceiver(message)) {
            return CompletableFuture.failedFuture(new RequestException(
                    RouteError.of(ErrorCode.MALFORMED, "a request goes to exactly one client or logic")));
        }
        Message request = message.withIntent(new Intent.Ask(deadline));
        CompletableFuture<Message> reply = ask(request, deadline, sender, routing::deliver);
        ClusterMember member = parts.membership().member();
        if (member != null) {
            var _ = reply.whenComplete((done, failure) -> member.waits().endOf(request.id()));
        }
        return reply;
    }

    /** Puts a request of another node to its target, which is on this one. */
    CompletableFuture<Message> askedElsewhere(Message request, Instant deadline) {
        return ask(request, deadline, null, routing::carried);
    }

    private CompletableFuture<Message> ask(
            Message request, Instant deadline, @Nullable Attachment sender, Function<Message, SendReport> delivery) {
        Requests requests = parts.requests();
        Requests.Pending pending = requests.open(request, deadline, sender);
        if (!pending.reply().isDone()) {
            Address target = request.targets().getFirst();
            boolean toLogic = target instanceof Address.Logic;
            if (!toLogic) {
                requests.put(pending);
            }
            List<RouteError> errors = delivery.apply(request).errors();
            if (!errors.isEmpty()) {
                requests.fail(request.id(), errors.getFirst());
            } else if (!toLogic) {
                requests.asked(pending, sessions(target));
            }
        }
        return pending.reply();
    }

    /** Those of a client or a session on this node. */
    private List<LiveSession> sessions(Address target) {
        return switch (target) {
            case Address.Client client ->
                Optional.ofNullable(parts.users().find(client.id()))
                        .map(User::sessions)
                        .orElse(List.of());
            case Address.Session session ->
                Optional.ofNullable(parts.users().session(session.id())).stream()
                        .toList();
            default -> List.of();
        };
    }

    private static boolean hasOneReceiver(Message message) {
        return message.targets().size() == 1
                && !(message.targets().getFirst() instanceof Address.All)
                && !(message.targets().getFirst() instanceof Address.Topic);
    }

    CompletionStage<AckResult> sendAcknowledged(Message message, Duration within) {
        return sendAcknowledged(parts.entrance().fromServer(message), within, null);
    }

    CompletionStage<AckResult> receiveAcknowledged(Message message, Duration within, Attachment sender) {
        return sendAcknowledged(parts.entrance().fromClient(message, sender.session()), within, sender);
    }

    private CompletableFuture<AckResult> sendAcknowledged(Entrant asked, Duration within, @Nullable Attachment sender) {
        Entrant entrant = asked.check(checkWait(within));
        RouteError error = entrant.error();
        return error != null
                ? CompletableFuture.completedFuture(refuse(entrant.message(), error))
                : unlessClosed(confirm(entrant.message(), after(within), sender));
    }

    /** Sends to one client or session until it acknowledges. */
    private CompletableFuture<AckResult> confirm(Message message, Instant until, @Nullable Attachment sender) {
        return switch (parts.sending().apply(message)) {
            case Decision.Reject(String reason) ->
                CompletableFuture.completedFuture(refuse(message, RouteError.rejected(reason)));
            case Decision.Accept(Message sent)
            when canAcknowledge(sent.targets()) ->
                acknowledged(sent, sent.targets().getFirst(), until, sender);
            case Decision.Accept _ ->
                CompletableFuture.completedFuture(refuse(
                        message,
                        RouteError.of(
                                ErrorCode.MALFORMED, "a message with an acknowledgement goes to exactly one client")));
        };
    }

    private CompletableFuture<AckResult> acknowledged(
            Message message, Address target, Instant until, @Nullable Attachment sender) {
        Acknowledgements acknowledgements = parts.acknowledgements();
        ClusterMember member = parts.membership().member();
        if (member == null) {
            return acknowledgements.send(message, target, until, sender);
        }
        Message confirm = message.withIntent(new Intent.Confirm(until));
        return switch (target) {
            case Address.Session session
            when parts.users().session(session.id()) == null
                    && member.registry().session(session.id()) != null ->
                confirmed(
                        member,
                        confirm,
                        session.user(),
                        acknowledgements.sendElsewhere(confirm, session, until, sender));
            case Address.Client client ->
                confirmed(member, confirm, client.id(), acknowledgements.send(message, target, until, sender));
            default -> acknowledgements.send(message, target, until, sender);
        };
    }

    private static CompletableFuture<AckResult> confirmed(
            ClusterMember member, Message message, String user, CompletableFuture<AckResult> result) {
        member.waits().confirm(message, user, result);
        return result;
    }

    private static boolean canAcknowledge(List<Address> targets) {
        return targets.size() == 1
                && (targets.getFirst() instanceof Address.Client || targets.getFirst() instanceof Address.Session);
    }

    private AckResult refuse(Message message, RouteError error) {
        parts.listener().failed(message, error);
        return new AckResult.Rejected(error);
    }

    /** All that waits fails: the router closes. */
    void end() {
        parts.requests().failAll(RouteError.closing());
        parts.acknowledgements().closeAll();
    }

    /** Race: something may begin to wait just after {@link #end} ended all that waited. */
    private <T> T unlessClosed(T waiting) {
        if (parts.entrance().isClosed()) {
            end();
        }
        return waiting;
    }
}
