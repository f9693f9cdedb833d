global using Ilium.Tests;
global using Xunit;
