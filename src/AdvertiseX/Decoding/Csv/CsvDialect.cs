namespace AdvertiseX.Decoding.Csv;

/// <summary>What tells fields and lines of a CSV stream apart. The quote is always <c>"</c>.</summary>
/// <param name="Delimiter">One of <c>, ; | tab</c>.</param>
/// <param name="LineEnd">Line feed, before which one carriage return belongs to the line end; or carriage return
/// alone.</param>
internal readonly record struct CsvDialect(byte Delimiter, byte LineEnd);
