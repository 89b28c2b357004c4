namespace AdvertiseX.Ingestion;

/// <summary>How far an ingest is.</summary>
/// <param name="File">File being read.</param>
/// <param name="FilesDone">Files done.</param>
/// <param name="Files">Files in all.</param>
/// <param name="BytesDone">Bytes of files (as on disk) done, the one being read by its share.</param>
/// <param name="Bytes">Bytes of files in all.</param>
/// <param name="Records">Records received so far.</param>
public readonly record struct IngestProgress(
    string File,
    int FilesDone,
    int Files,
    long BytesDone,
    long Bytes,
    long Records
);
