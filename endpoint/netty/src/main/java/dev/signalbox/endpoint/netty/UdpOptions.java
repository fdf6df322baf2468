package dev.signalbox.endpoint.netty;

/**
 * How clients connect over UDP. Immutable.
 *
 * @param listener where, and what each may do; a port, without TLS and without proxies
 * @param maxDatagramBytes the largest datagram in either direction; 1,024 to 65,507, default 1,200, which fits into every usual network
 *     in one piece
 */
public record UdpOptions(ListenerOptions listener, int maxDatagramBytes) {

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming what is out of its range, or not to be had over UDP
     */
    public UdpOptions {
        ListenerOptions.requireRange("maxDatagramBytes", maxDatagramBytes, 1_024, 65_507);
        if (!(listener.place() instanceof ListenerOptions.Port)) {
            throw new IllegalArgumentException("over UDP, clients need a port; a Unix socket is for TCP and HTTP");
        }
        if (listener.tls().isPresent() || listener.proxies().tell()) {
            throw new IllegalArgumentException("over UDP there is neither TLS nor a proxy that tells addresses");
        }
    }

    public static UdpOptions on(ListenerOptions listener) {
        return new UdpOptions(listener, 1_200);
    }
}
