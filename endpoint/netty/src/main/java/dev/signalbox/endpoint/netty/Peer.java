package dev.signalbox.endpoint.netty;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, and the places that it takes up in the limits. A trusted proxy's own address counts for
 * nothing: what it forwards counts for the client's address, as soon as that is known. For the connection's event loop.
 */
final class Peer {

    /** Whether it may become a client. */
    enum Verdict {
        OK,
        TOO_MANY,
        TOO_MANY_FROM_ADDRESS
    }

    private final ConnectionCounter counter;
    private final boolean proxy;
    /** Null on a Unix socket, unless a proxy tells the client's; then nothing counts for it. */
    private @Nullable InetSocketAddress address;

    private Verdict verdict;
    private boolean counted;
    private boolean countedForAddress;
    private boolean countedAsRefused;

    private Peer(ConnectionCounter counter, @Nullable InetSocketAddress address, boolean proxy) {
        this.counter = counter;
        this.address = address;
        this.proxy = proxy;
        this.verdict = proxy ? Verdict.OK : forAddress();
        counted = verdict == Verdict.OK && counter.tryAdd();
        if (verdict == Verdict.OK && !counted) {
            verdict = Verdict.TOO_MANY;
            uncount();
        }
    }

    /** On a Unix socket, the permissions of its file say who is trusted. */
    static Peer accepted(ConnectionCounter counter, ListenerOptions.Proxies proxies, @Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress address
                ? new Peer(counter, address, proxies.trusts(address.getAddress()))
                : new Peer(counter, null, proxies.tell());
    }

    /** One of several clients on this connection; {@code proxied} if their addresses are told for each. */
    Peer call(boolean proxied) {
        return new Peer(counter, address, proxied);
    }

    private Verdict forAddress() {
        if (address == null) {
            return Verdict.OK;
        }
        countedForAddress = counter.tryAdd(address.getAddress());
        return countedForAddress ? Verdict.OK : Verdict.TOO_MANY_FROM_ADDRESS;
    }

    /** Whether it is a trusted proxy, whose word about the client's address counts. */
    boolean isProxy() {
        return proxy;
    }

    Verdict verdict() {
        return verdict;
    }

    /** The proxy has told the client's address. */
    void forwardedFor(InetSocketAddress client) {
        address = client;
        count();
    }

    /** Counts it for its address, unless that is done; before it becomes a client. */
    void count() {
        if (verdict == Verdict.OK && !countedForAddress) {
            verdict = forAddress();
            if (verdict != Verdict.OK) {
                uncount();
            }
        }
    }

    /** Whether a refused connection may wait for its request, so that it can be told why. */
    boolean mayBeTold() {
        countedAsRefused = counter.tryRefuse();
        return countedAsRefused;
    }

    boolean isToBeTold() {
        return countedAsRefused;
    }

    /** The connection is closed. */
    void gone() {
        uncount();
        if (countedAsRefused) {
            counter.removeRefused();
        }
    }

    private void uncount() {
        if (counted) {
            counter.remove();
            counted = false;
        }
        if (countedForAddress && address != null) {
            counter.remove(address.getAddress());
            countedForAddress = false;
        }
    }

    /** Its address and port, for people. */
    @Override
    public String toString() {
        if (address == null) {
            return "unix socket";
        }
        return address.getPort() == 0 ? address.getAddress().getHostAddress() : NetUtil.toSocketAddressString(address);
    }
}
