package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;

/**
 * How clients connect over plain TCP. Immutable.
 *
 * @param listener where, and what each may do; an address can be taken from the connection or the PROXY protocol
 * @param framing how frames are told apart
 */
public record TcpOptions(ListenerOptions listener, Framing framing) {

    /** How frames are told apart, in both directions. */
    public enum Framing {
        /** Each is a line. */
        LINES,
        /** Each begins with its length in bytes, as a number of four bytes, the highest first. */
        LENGTHS
    }

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException if addresses are to be taken from HTTP headers, which there are none of
     */
    public TcpOptions {
        AddressSource source = listener.proxies().source();
        if (source == AddressSource.X_FORWARDED_FOR || source == AddressSource.FORWARDED) {
            throw new IllegalArgumentException(
                    "over TCP there are no headers to take addresses from; use the PROXY protocol");
        }
    }
}
