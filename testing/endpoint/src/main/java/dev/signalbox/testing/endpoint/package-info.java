/**
 * For tests of logic and middleware without a network: give a {@link dev.signalbox.testing.endpoint.StubEndpoint} to your router, and
 * let {@link dev.signalbox.testing.endpoint.StubClient}s talk to it.
 */
@NullMarked
package dev.signalbox.testing.endpoint;

import org.jspecify.annotations.NullMarked;
