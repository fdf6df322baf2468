package dev.signalbox.router;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes admitted messages to where they belong. Thread-safe; nothing here blocks. */
final class Routing {
    private final Users users;
    private final LogicTable logics;
    private final Requests requests;
    private final MiddlewareChain sending;
    private final RouterListener listener;
    private final Membership membership;
    private final TopicRouting topics;

    Routing(RouterParts parts, TopicRouting topics) {
        this.users = parts.users();
        this.logics = parts.logics();
        this.requests = parts.requests();
        this.sending = parts.sending();
        this.listener = parts.listener();
        this.membership = parts.membership();
        this.topics = topics;
    }

    SendReport route(Message message) {
        return switch (message.intent()) {
            case Intent.Tell _ -> deliver(message);
            case Intent.Reply reply -> reply(message, reply.request());
            // Somebody passes on a message that was to be acknowledged: the acknowledgement was for the first receiver.
            case Intent.Confirm _ -> deliver(message.withIntent(Intent.TELL));
            case Intent.Ask _ -> deliver(message);
        };
    }

    /** To its targets, on whichever nodes. */
    SendReport deliver(Message message) {
        // Most messages are for one client, and then there is nothing to gather.
        return message.targets().size() == 1
                        && message.targets().getFirst() instanceof Address.Client client
                        && sending.isEmpty()
                        && membership.member() == null
                ? deliverToOne(message, client)
                : deliverToEach(message);
    }

    private SendReport deliverToOne(Message message, Address.Client client) {
        RouteError error = offer(client, message);
        if (error != null) {
            return refuse(message, error);
        }
        listener.sent(message, 1);
        return new SendReport(message.id(), 1, List.of());
    }

    private SendReport deliverToEach(Message message) {
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
        ClusterMember member = membership.member();
        return member == null || logics.has(logic.name())
                ? logics.offer(logic, message)
                : member.carrier().toLogic(logic, message);
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
                ClusterMember member = membership.member();
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
            case Address.Topic topic -> topics.offer(topic, message);
            case Address.All _ -> topics.offerToAll(message);
            case Address.Logic logic ->
                RouteError.to(
                        logic,
                        ErrorCode.REJECTED,
                        "send middleware redirected the message to logic, which is not allowed");
        };
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

    SendReport refuse(Message message, RouteError error) {
        listener.failed(message, error);
        return SendReport.failed(message.id(), error);
    }
}
