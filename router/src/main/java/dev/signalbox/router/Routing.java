package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes admitted messages to where they belong. Thread-safe; nothing here blocks. */
final class Routing {
    private final Users users;
    private final LogicTable logics;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final Topics topics;
    private final MiddlewareChain sending;
    private final RouterListener listener;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    /** Null as long as this node is alone. */
    private volatile @Nullable ClusterMember cluster;

    Routing(
            Users users,
            LogicTable logics,
            Requests requests,
            Acknowledgements acknowledgements,
            Topics topics,
            MiddlewareChain sending,
            RouterListener listener) {
        this.users = users;
        this.logics = logics;
        this.requests = requests;
        this.acknowledgements = acknowledgements;
        this.topics = topics;
        this.sending = sending;
        this.listener = listener;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** From now on there are other nodes. */
    void joined(ClusterMember member) {
        cluster = member;
    }

    SendReport route(Message message) {
        return switch (message.intent()) {
            case Intent.Reply reply -> reply(message, reply.request());
            // Somebody passes on a message that was to be acknowledged: the acknowledgement was for the first receiver.
            case Intent.Confirm confirm -> deliver(message.withIntent(Intent.TELL));
            case Intent.Tell tell -> deliver(message);
            case Intent.Ask ask -> deliver(message);
        };
    }

    private SendReport deliver(Message message) {
        Outcome outcome = new Outcome(message, listener);
        for (Address target : message.targets()) {
            if (target instanceof Address.Logic logic) {
                outcome.add(offer(logic, message));
            }
        }
        List<Address> toClients = clientTargets(message);
        if (!toClients.isEmpty()) {
            deliverToClients(message, toClients, outcome);
        }
        return outcome.report();
    }

    /** To this node's own if it has one: a message is handled once, and here at the least cost. */
    private @Nullable RouteError offer(Address.Logic logic, Message message) {
        ClusterMember member = cluster;
        return member == null || logics.has(logic.name())
                ? logics.offer(logic, message)
                : member.toLogic(logic, message);
    }

    private static List<Address> clientTargets(Message message) {
        for (Address target : message.targets()) {
            if (target instanceof Address.Logic) {
                return message.targets().stream()
                        .filter(each -> !(each instanceof Address.Logic))
                        .toList();
            }
        }
        return message.targets();
    }

    private void deliverToClients(Message message, List<Address> targets, Outcome outcome) {
        Message toSend = targets.size() == message.targets().size() ? message : message.withTargets(targets);
        switch (sending.apply(toSend)) {
            case Decision.Reject(String reason) ->
                targets.forEach(target -> outcome.add(RouteError.to(target, ErrorCode.REJECTED, reason)));
            case Decision.Accept(Message sent) -> {
                ClusterMember member = cluster;
                sendToEach(sent, outcome, member == null ? null : new ClusterForwarding(member, sent));
            }
        }
    }

    /** Delivers what another node carried here. That node has applied the middleware, and sends it to other nodes itself. */
    SendReport carried(Message message) {
        Outcome outcome = new Outcome(message, listener);
        for (Address target : message.targets()) {
            if (target instanceof Address.Logic logic) {
                outcome.add(logics.offer(logic, message));
            }
        }
        List<Address> toClients = clientTargets(message);
        if (!toClients.isEmpty()) {
            sendToEach(message.withTargets(toClients), outcome, null);
        }
        return outcome.report();
    }

    private void sendToEach(Message message, Outcome outcome, @Nullable ClusterForwarding forwarding) {
        boolean toAll = message.targets().contains(Address.ALL);
        int reached = 0;
        for (Address target : message.targets()) {
            boolean isReachedAnyway = toAll && (target instanceof Address.Client || target instanceof Address.Session);
            reached += isReachedAnyway ? 0 : send(target, message, outcome, forwarding);
        }
        if (forwarding != null) {
            forwarding.send(outcome);
        }
        if (reached > 0) {
            listener.sent(message, reached);
        }
    }

    /** Returns how many it reached. */
    private int send(Address target, Message message, Outcome outcome, @Nullable ClusterForwarding forwarding) {
        RouteError here = offer(target, message);
        RouteError error = forwarding == null ? here : forwarding.add(target, here);
        int reached = error != null ? 0 : target instanceof Address.All ? connected(forwarding) : 1;
        if (error != null) {
            outcome.add(error);
        } else {
            outcome.accepted(reached);
        }
        return reached;
    }

    private int connected(@Nullable ClusterForwarding forwarding) {
        return users.connected() + (forwarding == null ? 0 : forwarding.sessions());
    }

    private @Nullable RouteError offer(Address target, Message message) {
        return switch (target) {
            case Address.Client client -> offer(client, message);
            case Address.Session session -> offer(session, message);
            case Address.Topic topic
            when isForSubscribersOnly(topic) -> RouteError.forbidden(Authorizer.Operation.PUBLISH, topic);
            case Address.Topic topic when topics.isShared(topic.name()) -> append(topic, message);
            case Address.Topic topic ->
                topics.publish(topic.name(), message, null)
                        .map(published -> refusal(topic, published))
                        .orElseGet(() -> Optional.of(RouteError.tooManyTopics(topic)))
                        .orElse(null);
            case Address.All all -> refusal(all, topics.publishToAll(message)).orElse(null);
            case Address.Logic logic ->
                RouteError.to(
                        logic,
                        ErrorCode.REJECTED,
                        "send middleware redirected the message to logic, which is not allowed");
        };
    }

    /** Null if the history has it, or has still to answer: then its sender is told of a failure as of one on another node. */
    private @Nullable RouteError append(Address.Topic topic, Message message) {
        CompletableFuture<ClientSession.Publishing> outcome =
                topics.append(topic.name(), message, null).orElse(null);
        if (outcome == null) {
            return RouteError.tooManyTopics(topic);
        }
        if (outcome.isDone()) {
            return outcome.join() instanceof ClientSession.Publishing.Refused(RouteError error) ? error : null;
        }
        var _ = outcome.thenAccept(late -> {
            ClusterMember member = cluster;
            if (late instanceof ClientSession.Publishing.Refused(RouteError error) && member != null) {
                member.refused(message.id(), message.origin(), List.of(error));
            }
        });
        return null;
    }

    private static boolean isForSubscribersOnly(Address.Topic topic) {
        return topic.isPattern() || TopicPresence.subject(topic.name()) != null;
    }

    private static Optional<RouteError> refusal(Address target, TopicLog.Published published) {
        return published.offset() == 0 ? Optional.of(RouteError.fanOutFull(target)) : Optional.empty();
    }

    /** Publishes to the one topic that is the message's target. */
    ClientSession.Publishing publish(Message message, Address.Topic topic, @Nullable String key) {
        return admit(
                message,
                topic,
                sent -> topics.isShared(topic.name())
                        ? topics.append(topic.name(), sent, key).map(outcome -> appended(sent, outcome))
                        : topics.publish(topic.name(), sent, key)
                                .map(published -> published(sent, topic, key, published)));
    }

    /** The same, to those who subscribe now. */
    ClientSession.Publishing publishVolatile(Message message, Address.Topic topic) {
        return admit(
                message,
                topic,
                sent -> topics.publishVolatile(topic.name(), sent)
                        .map(taken ->
                                taken ? passed(sent, topic) : refusePublishing(sent, RouteError.fanOutFull(topic))));
    }

    private ClientSession.Publishing admit(
            Message message, Address.Topic topic, Function<Message, Optional<ClientSession.Publishing>> how) {
        if (isForSubscribersOnly(topic)) {
            return refusePublishing(message, RouteError.forbidden(Authorizer.Operation.PUBLISH, topic));
        }
        return switch (sending.apply(message)) {
            case Decision.Reject(String reason) -> refusePublishing(message, RouteError.rejected(reason));
            case Decision.Accept(Message sent) ->
                how.apply(sent).orElseGet(() -> refusePublishing(sent, RouteError.tooManyTopics(topic)));
        };
    }

    private ClientSession.Publishing appended(Message message, CompletableFuture<ClientSession.Publishing> outcome) {
        CompletableFuture<ClientSession.Publishing> told = outcome.thenApply(publishing -> tell(message, publishing));
        return told.isDone() ? told.join() : new ClientSession.Publishing.Later(told);
    }

    private ClientSession.Publishing tell(Message message, ClientSession.Publishing publishing) {
        if (publishing instanceof ClientSession.Publishing.Refused(RouteError error)) {
            listener.failed(message, error);
        } else if (publishing instanceof ClientSession.Publishing.Published published && !published.repeated()) {
            listener.sent(message, 1);
        }
        return publishing;
    }

    private ClientSession.Publishing passed(Message message, Address.Topic topic) {
        listener.sent(message, 1);
        ClusterMember member = cluster;
        RouteError error = member == null ? null : member.publishVolatile(topic, message);
        if (error != null) {
            listener.failed(message, error);
        }
        return new ClientSession.Publishing.Passed();
    }

    private ClientSession.Publishing published(
            Message message, Address.Topic topic, @Nullable String key, TopicLog.Published published) {
        if (published.offset() == 0) {
            return refusePublishing(message, RouteError.fanOutFull(topic));
        }
        if (!published.repeated()) {
            listener.sent(message, 1);
            publishElsewhere(message, topic, key);
        }
        return new ClientSession.Publishing.Published(
                new Position(published.epoch(), published.offset()), published.repeated());
    }

    /** It is in this node's topic, whatever comes of it elsewhere: subscribers there are told what they miss. */
    private void publishElsewhere(Message message, Address.Topic topic, @Nullable String key) {
        ClusterMember member = cluster;
        RouteError error = member == null ? null : member.publish(topic, message, Optional.ofNullable(key));
        if (error != null) {
            listener.failed(message, error);
        }
    }

    ClientSession.Publishing refusePublishing(Message message, RouteError error) {
        listener.failed(message, error);
        return new ClientSession.Publishing.Refused(error);
    }

    private @Nullable RouteError offer(Address.Client client, Message message) {
        User user = users.find(client.id());
        return user == null ? RouteError.unknownClient(client) : user.offer(message);
    }

    private @Nullable RouteError offer(Address.Session target, Message message) {
        LiveSession session = users.session(target.id());
        if (session == null) {
            return RouteError.gone(target);
        }
        return session.user().offer(session, message) ? null : RouteError.slowConsumer(target);
    }

    private SendReport reply(Message reply, UUID request) {
        Requests.Pending pending = requests.take(request, reply);
        if (pending == null) {
            return refuse(reply, RouteError.unknownRequest(request, reply.source()));
        }
        boolean toLogic = pending.requester() instanceof Address.Logic;
        switch (toLogic ? Decision.accept(reply) : sending.apply(reply)) {
            case Decision.Reject(String reason) -> {
                RouteError error = RouteError.rejected(reason);
                pending.fail(error);
                return refuse(reply, error);
            }
            case Decision.Accept(Message sent) -> pending.complete(sent);
        }
        return new SendReport(reply.id(), 1, List.of());
    }

    /** Ends the wait for a reply that cannot be delivered: the asker is told the same as the replier. */
    SendReport refuseReply(Message reply, UUID request, RouteError error) {
        Requests.Pending pending = requests.take(request, reply);
        if (pending != null) {
            pending.fail(error);
        }
        return refuse(reply, error);
    }

    /** Sends a request to its one target, and waits for the reply. */
    CompletableFuture<Message> ask(Message message, Instant deadline, @Nullable Attachment sender) {
        if (!hasOneReceiver(message)) {
            return CompletableFuture.failedFuture(new RequestException(
                    RouteError.of(ErrorCode.MALFORMED, "a request goes to exactly one client or logic")));
        }
        Message request = message.withIntent(new Intent.Ask(deadline));
        CompletableFuture<Message> reply = ask(request, deadline, sender, this::deliver);
        ClusterMember member = cluster;
        if (member != null) {
            var _ = reply.whenComplete((done, failure) -> member.waits().endOf(request.id()));
        }
        return reply;
    }

    /** Puts a request of another node to its target, which is on this one. */
    CompletableFuture<Message> askedElsewhere(Message request, Instant deadline) {
        return ask(request, deadline, null, this::carried);
    }

    private CompletableFuture<Message> ask(
            Message request, Instant deadline, @Nullable Attachment sender, Function<Message, SendReport> delivery) {
        Requests.Pending pending = requests.open(request, deadline, sender);
        if (!pending.reply().isDone()) {
            if (!(request.targets().getFirst() instanceof Address.Logic)) {
                requests.put(pending);
            }
            delivery.apply(request).errors().stream()
                    .findFirst()
                    .ifPresent(error -> requests.fail(request.id(), error));
        }
        return pending.reply();
    }

    private static boolean hasOneReceiver(Message message) {
        return message.targets().size() == 1
                && !(message.targets().getFirst() instanceof Address.All)
                && !(message.targets().getFirst() instanceof Address.Topic);
    }

    /** Sends to one client or session until it acknowledges. */
    CompletableFuture<AckResult> confirm(Message message, Instant until, @Nullable Attachment sender) {
        return switch (sending.apply(message)) {
            case Decision.Reject(String reason) ->
                CompletableFuture.completedFuture(refuseAck(message, RouteError.rejected(reason)));
            case Decision.Accept(Message sent)
            when canAcknowledge(sent.targets()) ->
                acknowledged(sent, sent.targets().getFirst(), until, sender);
            case Decision.Accept _ ->
                CompletableFuture.completedFuture(refuseAck(
                        message,
                        RouteError.of(
                                ErrorCode.MALFORMED, "a message with an acknowledgement goes to exactly one client")));
        };
    }

    private CompletableFuture<AckResult> acknowledged(
            Message message, Address target, Instant until, @Nullable Attachment sender) {
        ClusterMember member = cluster;
        if (member == null) {
            return acknowledgements.send(message, target, until, sender);
        }
        Message confirm = message.withIntent(new Intent.Confirm(until));
        return switch (target) {
            case Address.Session session
            when users.session(session.id()) == null && member.registry().session(session.id()) != null ->
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

    SendReport refuse(Message message, RouteError error) {
        listener.failed(message, error);
        return SendReport.failed(message.id(), error);
    }

    AckResult refuseAck(Message message, RouteError error) {
        listener.failed(message, error);
        return new AckResult.Rejected(error);
    }
}
