package dev.waltap.state;

/** The pages that a transaction wrote, each in its last image. */
@FunctionalInterface
public interface PageImages {

  /** No page at all: the transaction only moves the position. */
  PageImages NONE = sink -> {};

  /** Hands every page to the sink, each number once, in any order. */
  void forEach(Sink sink);

  /** Takes pages. */
  interface Sink {

    /** A page as the transaction left it; read at once, the array stays the caller's. */
    void put(int pageNumber, byte[] image);

    /** A page that the page set holds no more from here on. */
    void remove(int pageNumber);
  }
}
