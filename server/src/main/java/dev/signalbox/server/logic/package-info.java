/** What connected clients may talk to: bridges between the router and the libraries. */
@NullMarked
package dev.signalbox.server.logic;

import org.jspecify.annotations.NullMarked;
