/** Real parts for tests: PostgreSQL, Redis, a TCP fault proxy. */
@NullMarked
package dev.signalbox.testing.services;

import org.jspecify.annotations.NullMarked;
