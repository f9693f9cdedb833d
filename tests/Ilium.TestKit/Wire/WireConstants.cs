namespace Ilium.TestKit;

/// <summary>Opcodes of the native protocol, §2.4.</summary>
public enum WireOpcode : byte
{
    Error = 0x00,
    Startup = 0x01,
    Ready = 0x02,
    Authenticate = 0x03,
    Options = 0x05,
    Supported = 0x06,
    Query = 0x07,
    Result = 0x08,
    Prepare = 0x09,
    Execute = 0x0A,
    Register = 0x0B,
    Event = 0x0C,
    Batch = 0x0D,
    AuthChallenge = 0x0E,
    AuthResponse = 0x0F,
    AuthSuccess = 0x10,
}

/// <summary>Flags of an envelope, §2.2.</summary>
[Flags]
public enum WireFlags : byte
{
    None = 0,
    Compressed = 0x01,
    Tracing = 0x02,
    CustomPayload = 0x04,
    Warning = 0x08,
    Beta = 0x10,
}

/// <summary>Compression agreed on in STARTUP.</summary>
public enum WireCompression
{
    None = 0,
    Lz4 = 1,
    Snappy = 2,
}

/// <summary>Error codes, §9 (v5).</summary>
public static class WireError
{
    public const int Server = 0x0000;
    public const int Protocol = 0x000A;
    public const int BadCredentials = 0x0100;
    public const int Unavailable = 0x1000;
    public const int Overloaded = 0x1001;
    public const int IsBootstrapping = 0x1002;
    public const int Truncate = 0x1003;
    public const int WriteTimeout = 0x1100;
    public const int ReadTimeout = 0x1200;
    public const int ReadFailure = 0x1300;
    public const int FunctionFailure = 0x1400;
    public const int WriteFailure = 0x1500;
    public const int CdcWriteFailure = 0x1600;
    public const int CasWriteUnknown = 0x1700;
    public const int Syntax = 0x2000;
    public const int Unauthorized = 0x2100;
    public const int Invalid = 0x2200;
    public const int Config = 0x2300;
    public const int AlreadyExists = 0x2400;
    public const int Unprepared = 0x2500;
}
