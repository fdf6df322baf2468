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
                target
                        + " does not read its messages fast enough and is being disconnected; send again once it is back");
    }

    static RouteError rejected(String reason) {
        return of(ErrorCode.REJECTED, reason);
    }

    static RouteError closing() {
        return of(ErrorCode.CLOSING, "this node is shutting down; connect again and repeat");
    }
}
