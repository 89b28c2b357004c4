namespace AdvertiseX.Cli;

/// <summary>The command line is wrong in a way that its parser does not see; the message is one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
