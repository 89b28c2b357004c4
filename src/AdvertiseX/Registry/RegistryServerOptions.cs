using AdvertiseX.Configuration;

namespace AdvertiseX.Registry;

/// <summary>How the registry of <c>adx registry serve</c> answers.</summary>
internal sealed record RegistryServerOptions
{
    /// <summary>Address and port on which adx registry serve listens; port 0 for one that is free. --listen beats
    /// it.</summary>
    [Option("an address", Key = "registry.listen")]
    public string Listen { get; init; } = "127.0.0.1:8081";

    /// <summary>File of those who may ask adx registry serve, one user:password a line, # before comments, sent as
    /// basic authentication; read anew at each question. Empty: everybody may.</summary>
    [Option("a file", MayBeEmpty = true, Key = "registry.users_file")]
    public string UsersFile { get; init; } = "";
}
