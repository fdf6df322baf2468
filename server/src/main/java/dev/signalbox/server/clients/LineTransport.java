package dev.signalbox.server.clients;

import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Frames over TCP, TLS or a Unix socket, each a line. */
final class LineTransport implements ClientTransport {
    /** The scheme of a Unix socket; the path is that of its file. */
    static final String UNIX = "tcp+unix";

    /** What carries the bytes. */
    private record Stream(InputStream in, OutputStream out, Closeable connection) {}

    private final Stream stream;
    private final Listener listener;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean closing;

    private LineTransport(Stream stream, Listener listener) {
        this.stream = stream;
        this.listener = listener;
    }

    static ClientTransport open(URI url, Secret token, Listener listener) {
        try {
            LineTransport transport = new LineTransport(dial(url), listener);
            Thread.ofVirtual().name("connect").start(transport::readAll);
            transport.write(RestClient.JSON
                    .createObjectNode()
                    .put("type", "auth")
                    .put("token", token.value())
                    .toString());
            return transport;
        } catch (IOException e) {
            throw ClientTransport.unreachable(url, FailureText.of(e), e);
        }
    }

    private static Stream dial(URI url) throws IOException {
        if (url.getScheme().equals(UNIX)) {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(url.getPath()));
            return new Stream(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        }
        Socket socket = dialHost(url);
        return new Stream(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    private static Socket dialHost(URI url) throws IOException {
        Socket plain = new Socket();
        int patience = Math.toIntExact(PATIENCE.toMillis());
        try {
            plain.connect(new InetSocketAddress(url.getHost(), url.getPort()), patience);
            return url.getScheme().equals("tcps") ? secure(plain, url) : plain;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** The certificate has to be the host's. */
    private static Socket secure(Socket plain, URI url) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secure = (SSLSocket) factory.createSocket(plain, url.getHost(), url.getPort(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private void readAll() {
        try (var in = new BufferedReader(new InputStreamReader(stream.in(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                listener.frame(line);
            }
            listener.failed("the server ended the connection");
        } catch (IOException e) {
            if (!closing) {
                listener.failed("the connection broke: " + FailureText.of(e));
            }
        }
    }

    @Override
    public void write(String json) {
        writing.lock();
        try {
            stream.out().write((json + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            listener.failed("the connection broke: " + FailureText.of(e));
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            stream.connection().close();
        } catch (IOException e) {
            listener.failed("the connection did not end: " + FailureText.of(e));
        }
    }
}
