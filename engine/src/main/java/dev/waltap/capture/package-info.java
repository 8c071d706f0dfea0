/** The engine's one loop: attach, tail, guard, reconcile, bootstrap. */
@NullMarked
package dev.waltap.capture;

import org.jspecify.annotations.NullMarked;
