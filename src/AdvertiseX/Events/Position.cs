namespace AdvertiseX.Events;

/// <summary>Where a record stands. Streams are files, topic partitions and spool segments.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Offset">For files the byte offset of the record (or its compressed block) in the decompressed
/// content.</param>
/// <param name="Ordinal">Tells records of one compressed block, or rows of one record, apart; from 0.</param>
internal readonly record struct Position(string Stream, long Offset, int Ordinal);
