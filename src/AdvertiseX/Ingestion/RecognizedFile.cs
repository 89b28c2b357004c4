using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>A file, and where to go on with it.</summary>
/// <param name="Change">What it is beside what the ledger knows.</param>
/// <param name="Stream">Name of its stream: the full path, with <c>#2</c>, <c>#3</c> … for those that replaced
/// it.</param>
/// <param name="From">Where to read on, in the (decompressed) content.</param>
/// <param name="Prefix">Hash of everything before <paramref name="From"/>, to be fed on with what is read.</param>
/// <param name="Known">
/// What the ledger held, with the unterminated tail that was judged; null for a new or replaced file. When it has a
/// tail, the record at <paramref name="From"/> takes the place of that tail's record.
/// </param>
internal sealed record RecognizedFile(FileChange Change, string Stream, long From, ContentHash Prefix, FileMark? Known);
