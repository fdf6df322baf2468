package dev.signalbox.client;

/**
 * Every target has taken a message.
 *
 * @param id of the message
 * @param accepted how many have
 */
public record Sent(String id, int accepted) {}
