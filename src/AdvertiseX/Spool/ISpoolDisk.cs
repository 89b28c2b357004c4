namespace AdvertiseX.Spool;

/// <summary>
/// The folder of a spool. What was written to a file is safe from a loss of power once <see cref="ISpoolFile.Flush"/>
/// ended, its name once <see cref="FlushNames"/> did. Every call may fail with an <see cref="IOException"/> or an <see
/// cref="UnauthorizedAccessException"/>. Thread-safe for different files.
/// </summary>
internal interface ISpoolDisk : IDisposable
{
    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }

    /// <summary>Names of its files, in no order.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Makes a file that is not there.</summary>
    ISpoolFile Create(string name);

    /// <summary>Opens a file for reading and cutting.</summary>
    ISpoolFile Open(string name);

    /// <summary>Removes a file; nothing happens if it is not there.</summary>
    void Delete(string name);

    /// <summary>Makes the names of files safe that were created or removed.</summary>
    void FlushNames();
}
