package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Takes admitted messages to where they belong. Thread-safe; nothing here blocks. */
final class Routing {
    private final Clients clients;
    private final LogicTable logics;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final MiddlewareChain sending;
    private final RouterListener listener;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();

    Routing(
            Clients clients,
            LogicTable logics,
            Requests requests,
            Acknowledgements acknowledgements,
            MiddlewareChain sending,
            RouterListener listener) {
        this.clients = clients;
        this.logics = logics;
        this.requests = requests;
        this.acknowledgements = acknowledgements;
        this.sending = sending;
        this.listener = listener;
    }

    List<Endpoint> endpoints() {
        return endpoints;
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
                outcome.add(logics.offer(logic, message));
            }
        }
        List<Address> toClients = clientTargets(message);
        if (!toClients.isEmpty()) {
            deliverToClients(message, toClients, outcome);
        }
        return outcome.report();
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
        Message sent =
                sending.apply(targets.size() == message.targets().size() ? message : message.withTargets(targets));
        if (sent.verdict() instanceof Verdict.Rejected rejected) {
            targets.forEach(target -> outcome.add(RouteError.to(target, ErrorCode.REJECTED, rejected.reason())));
        } else if (sent.targets().contains(Address.ALL)) {
            broadcast(sent, outcome);
        } else {
            sendToEach(sent, outcome);
        }
    }

    private void broadcast(Message message, Outcome outcome) {
        int count = clients.size();
        for (Endpoint endpoint : endpoints) {
            if (!endpoint.broadcast(message)) {
                outcome.add(RouteError.to(
                        Address.ALL,
                        ErrorCode.OVERLOADED,
                        "too many bytes wait to be broadcast over " + endpoint.address() + "; send again later"));
                return;
            }
        }
        outcome.accepted(count);
        listener.sent(message, count);
    }

    private void sendToEach(Message message, Outcome outcome) {
        int reached = 0;
        for (Address target : message.targets()) {
            RouteError error = offer(target, message);
            outcome.add(error);
            reached += error == null ? 1 : 0;
        }
        if (reached > 0) {
            listener.sent(message, reached);
        }
    }

    private @Nullable RouteError offer(Address target, Message message) {
        if (!(target instanceof Address.Client client)) {
            return RouteError.to(
                    target,
                    ErrorCode.REJECTED,
                    "send middleware redirected the message to logic, which is not allowed");
        }
        LiveClient found = clients.find(client.id());
        if (found == null) {
            return RouteError.unknownClient(client);
        }
        return found.offer(message) ? null : RouteError.slowConsumer(client);
    }

    private SendReport reply(Message reply, UUID request) {
        Requests.Pending pending = requests.take(request, reply.source());
        if (pending == null) {
            return refuse(reply, RouteError.unknownRequest(request, reply.source()));
        }
        Message sent = pending.requester() instanceof Address.Client ? sending.apply(reply) : reply;
        if (sent.verdict() instanceof Verdict.Rejected rejected) {
            RouteError error = RouteError.rejected(rejected.reason());
            pending.fail(error);
            return refuse(reply, error);
        }
        pending.complete(sent);
        return new SendReport(reply.id(), 1, List.of());
    }

    /** Sends a request to its one target, and waits for the reply. */
    CompletableFuture<Message> ask(Message message, Instant deadline) {
        if (!hasOneReceiver(message)) {
            return CompletableFuture.failedFuture(new RequestException(
                    RouteError.of(ErrorCode.MALFORMED, "a request goes to exactly one client or logic")));
        }
        Message request = message.withIntent(new Intent.Ask(deadline));
        Requests.Pending pending = requests.open(request, deadline);
        if (!pending.reply().isDone()) {
            deliver(request).errors().stream().findFirst().ifPresent(error -> requests.fail(request.id(), error));
        }
        return pending.reply();
    }

    private static boolean hasOneReceiver(Message message) {
        return message.targets().size() == 1 && !(message.targets().getFirst() instanceof Address.All);
    }

    /** Sends to one client until it acknowledges. */
    CompletableFuture<AckResult> confirm(Message message, Instant until) {
        Message sent = sending.apply(message);
        if (sent.verdict() instanceof Verdict.Rejected rejected) {
            return CompletableFuture.completedFuture(refuseAck(message, RouteError.rejected(rejected.reason())));
        }
        if (sent.targets().size() != 1 || !(sent.targets().getFirst() instanceof Address.Client client)) {
            return CompletableFuture.completedFuture(refuseAck(
                    message,
                    RouteError.of(
                            ErrorCode.MALFORMED, "a message with an acknowledgement goes to exactly one client")));
        }
        return acknowledgements.send(sent, client, until);
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
