package dev.signalbox.endpoint.netty;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A client over a plain socket. */
final class TcpClient extends ProtocolClient {
    private final Socket socket;
    private final TcpOptions.Framing framing;
    private final DataOutputStream out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition mayRead = lock.newCondition();
    private boolean reading = true;

    TcpClient(Socket socket, TcpOptions.Framing framing, Optional<String> token) {
        this.socket = socket;
        this.framing = framing;
        try {
            out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            Thread.ofPlatform().daemon().name("tcp-client").start(() -> readAll(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        token.ifPresent(this::authenticate);
    }

    private void readAll(DataInputStream in) {
        try {
            for (byte[] frame = read(in); frame.length > 0; frame = read(in)) {
                frame(new String(frame, StandardCharsets.UTF_8));
                awaitReading();
            }
        } catch (IOException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Empty at the end. */
    private byte[] read(DataInputStream in) throws IOException {
        if (framing == TcpOptions.Framing.LENGTHS) {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toByteArray();
    }

    private void awaitReading() throws InterruptedException {
        lock.lock();
        try {
            while (!reading) {
                mayRead.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void write(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            if (framing == TcpOptions.Framing.LENGTHS) {
                out.writeInt(utf8.length);
                out.write(utf8);
            } else {
                out.write(utf8);
                out.write('\n');
            }
            out.flush();
        } catch (IOException e) {
            // The server may have hung up meanwhile; the test sees that in the events.
            failed(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stopReading() {
        setReading(false);
    }

    @Override
    public void startReading() {
        setReading(true);
    }

    private void setReading(boolean changed) {
        lock.lock();
        try {
            reading = changed;
            mayRead.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void abort() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        startReading();
        try {
            socket.close();
        } catch (IOException e) {
            failed(e);
        }
    }
}
