package dev.signalbox.router;

/** A request got no reply; {@link #error()} says why. */
public final class RequestException extends RouterException {
    private static final long serialVersionUID = 1L;

    private final transient RouteError error;

    RequestException(RouteError error) {
        super(error.message());
        this.error = error;
    }

    public RouteError error() {
        return error;
    }
}
