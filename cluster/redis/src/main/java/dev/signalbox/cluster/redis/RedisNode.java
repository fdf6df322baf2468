package dev.signalbox.cluster.redis;

/** Where a server listens. */
record RedisNode(String host, int port) {

    /**
     * Reads {@code host}, {@code host:port} or {@code [address]:port}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static RedisNode parse(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String host = hasPort ? text.substring(0, colon) : text;
        if (host.isEmpty() || host.contains("/") || (host.contains(":") && !host.startsWith("["))) {
            throw new IllegalArgumentException("a server of Redis is written as host:port");
        }
        return new RedisNode(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                hasPort ? port(text.substring(colon + 1)) : defaultPort);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 0xFFFF) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a server of Redis has a port of 1 to 65535", e);
        }
        throw new IllegalArgumentException("a server of Redis has a port of 1 to 65535");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
