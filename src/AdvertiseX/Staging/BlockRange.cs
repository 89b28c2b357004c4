using AdvertiseX.Sources;

namespace AdvertiseX.Staging;

/// <summary>Which bytes of a source a decoded block came from, so that a record of it can be read again.</summary>
internal readonly record struct BlockRange(FileSource Source, string Stream, long From, long Next);
