package dev.signalbox.router;

import java.util.Optional;
import java.util.UUID;

/**
 * What the sender of a message is told when it failed.
 *
 * @param target whom it did not reach; empty if the message as a whole failed
 * @param message for a person: what is wrong, and what to do about it
 */
public record RouteError(ErrorCode code, Optional<Address> target, String message) {

    static RouteError of(ErrorCode code, String message) {
        return new RouteError(code, Optional.empty(), message);
    }

    static RouteError to(Address target, ErrorCode code, String message) {
        return new RouteError(code, Optional.of(target), message);
    }

    static RouteError unknownLogic(Address.Logic target) {
        return to(
                target,
                ErrorCode.UNKNOWN_LOGIC,
                "no logic is named " + target.name() + "; check the name, or register the logic with the router");
    }

    static RouteError unknownClient(Address.Client target) {
        return to(
                target,
                ErrorCode.UNKNOWN_CLIENT,
                "client " + target.id()
                        + " is not connected; send with an acknowledgement, and the message waits for it");
    }

    static RouteError gone(Address target) {
        return to(target, ErrorCode.UNKNOWN_CLIENT, target + " is not connected any more");
    }

    /** The same, with the reason if a reply may have been it. */
    static RouteError gone(Address target, CloseReason reason) {
        return reason == CloseReason.TOO_LARGE
                ? to(
                        target,
                        ErrorCode.UNKNOWN_CLIENT,
                        target + " is not connected any more: it sent more in one message than it may")
                : gone(target);
    }

    static RouteError mailboxFull(Address.Logic target, int bound) {
        return to(
                target,
                ErrorCode.MAILBOX_FULL,
                "logic " + target.name() + " has " + bound + " messages waiting, its limit; send again later");
    }

    static RouteError passive(Address.Logic target) {
        return to(
                target,
                ErrorCode.PASSIVE_LOGIC,
                "logic " + target.name() + " is passive: it runs by itself and takes no messages");
    }

    static RouteError unknownRequest(UUID request, Address replier) {
        return of(
                ErrorCode.UNKNOWN_REQUEST,
                "no request " + request + " waits for a reply from " + replier
                        + ": it was answered already, or it timed out");
    }

    static RouteError slowConsumer(Address target) {
        return to(
                target,
                ErrorCode.SLOW_CONSUMER,
                target + " does not read its messages fast enough, so this one was not sent; send it again later");
    }

    /** {@code where} is the node that it is on, or other nodes in general. */
    static RouteError unreachable(Address target, String where, String why) {
        return to(
                target,
                ErrorCode.UNREACHABLE,
                target + " may be on " + where + ", which cannot be reached: " + why + "; send again later");
    }

    /** {@code most} is what a message to another node may take. */
    static RouteError tooLargeForLink(Address target, int most) {
        return to(
                target,
                ErrorCode.TOO_LARGE,
                "to reach " + target + " on another node, a message with all that belongs to it may take " + most
                        + " bytes; split it");
    }

    static RouteError linkFull(Address target) {
        return to(target, ErrorCode.OVERLOADED, "too many bytes wait to be sent to other nodes; send again later");
    }

    static RouteError historyAway(String topic, String why) {
        return to(
                Address.topic(topic),
                ErrorCode.UNREACHABLE,
                "the history of topic " + topic + " cannot be reached: " + why + "; try again later");
    }

    static RouteError maybePublished(String topic, String why) {
        return to(
                Address.topic(topic),
                ErrorCode.TIMEOUT,
                "the history of topic " + topic + " did not confirm the message: " + why
                        + "; it may have been published, so repeat it with the same key");
    }

    /** {@code most} is what an entry of a history may take. */
    static RouteError tooLargeForHistory(String topic, int most) {
        return to(
                Address.topic(topic),
                ErrorCode.TOO_LARGE,
                "a message of topic " + topic + " may take " + most + " bytes with all that belongs to it; split it");
    }

    static RouteError forbidden(Authorizer.Operation operation, Address address) {
        return to(
                address,
                ErrorCode.FORBIDDEN,
                switch (operation) {
                    case SEND -> "you may not send to " + address;
                    case PUBLISH -> "you may not publish to " + address;
                    case SUBSCRIBE -> "you may not subscribe to " + address;
                });
    }

    static RouteError tooManyTopics(Address.Topic topic) {
        return to(topic, ErrorCode.OVERLOADED, "there are as many topics as there may be; use one that exists");
    }

    static RouteError fanOutFull(Address target) {
        return to(target, ErrorCode.OVERLOADED, "too many bytes wait to be written to subscribers; send again later");
    }

    static RouteError rejected(String reason) {
        return of(ErrorCode.REJECTED, reason);
    }

    static RouteError closing() {
        return of(ErrorCode.CLOSING, "this node is shutting down; connect again and repeat");
    }
}
